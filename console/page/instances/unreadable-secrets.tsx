import { describeUnreadable, type InstanceList } from '../../../client/instance-list.ts';

/** Somebody's instance may be behind a secret that is not understood. */
export const UnreadableSecrets = ({ list }: { readonly list: InstanceList }) => {
  const text = describeUnreadable(list);
  return text === undefined ? null : (
    <div role="alert" class="problem">
      <p class="problem-title">Not every secret is understood</p>
      <p>{text}</p>
    </div>
  );
};
