import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import type { Owned } from '../../../functions/instances/people.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Checkbox, ReasonField } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { rememberReason } from '../kept.ts';
import { formRows } from '../runs/run-form.ts';
import { useMay } from '../sign-in/may.ts';
import { idsOf, mostSingleLogouts, type Order } from './logouts.ts';
import { useLogOut } from './use-log-out.ts';

type LogoutDialogProps = {
  readonly instances: readonly Owned<Instance>[];
  /** Fills the form, when something is to be tried in another way. */
  readonly initial?: Order | undefined;
  readonly onStart: (order: Order) => void;
  readonly onClose: () => void;
};

const watchDays = 7;

const options = {
  clearQueue: formRows.clearQueue,
  rotateToken: formRows.rotateToken,
  watch: { label: 'Watch for 7 days', hint: 'A run reports it when somebody links one again.' },
} as const;

/** The list scrolls when it is longer. */
const mostWithoutScrolling = 5;

/** What the logout touches, so that nobody else is logged out by mistake. */
const Touched = ({ instances }: Pick<LogoutDialogProps, 'instances'>) => (
  // Somebody without a mouse scrolls a long list too.
  <ul class="touched" aria-label="Instances" {...(instances.length > mostWithoutScrolling && { tabIndex: 0 })}>
    {instances.map(({ idInstance, name, owner, phone, sharedWith, ...instance }) => (
      <li key={idInstance}>
        <strong>{idInstance}</strong> {[name ?? owner, phone && `…${phone}`].filter(Boolean).join(' ')}
        {instance.protected && (
          <>
            {' '}
            <span class="badge">protected</span>
          </>
        )}
        {sharedWith.length > 0 && <span class="failed"> Also logs out {sharedWith.join(', ')}.</span>}
      </li>
    ))}
  </ul>
);

const isForRun = (instances: LogoutDialogProps['instances']): boolean => instances.length > mostSingleLogouts;

const Limits = ({ instances }: Pick<LogoutDialogProps, 'instances'>) => (
  <>
    {isForRun(instances) && (
      <p>
        A run logs out more than {mostSingleLogouts} instances. It retries until each is confirmed, also without this
        page.
      </p>
    )}
    {instances.some((instance) => instance.protected) && (
      <p>
        <strong>Protected means:</strong> runs leave the instance alone. This logout{' '}
        {isForRun(instances) ? 'is a run.' : 'logs it out.'}
      </p>
    )}
    <ul class="limits">
      <li>Ends GREEN-API’s session. The phone and its other linked devices stay linked.</li>
      <li>Anybody who copied the token can link the instance again. Rotate the token to prevent that.</li>
    </ul>
  </>
);

const LogoutDialog = ({ instances, initial, onStart, onClose }: LogoutDialogProps) => {
  const [only] = instances;
  const what = instances.length === 1 ? only?.idInstance : `${instances.length} instances`;
  const may = useMay();
  // Only a run can watch.
  const choices = ['clearQueue', 'rotateToken', ...(may('runs') ? (['watch'] as const) : [])] as const;
  const { reason: firstReason = '', clearQueue = false, rotateToken = false } = initial ?? {};
  const [reason, setReason] = useState(firstReason);
  const [ticks, setTicks] = useState({ clearQueue, rotateToken, watch: initial?.watchDays !== undefined });
  const submit = (close: () => void) => {
    const order = {
      reason: reason.trim(),
      ...(ticks.clearQueue && { clearQueue: true }),
      ...(ticks.rotateToken && { rotateToken: true }),
      ...(ticks.watch && { watchDays }),
    };
    rememberReason(order.reason);
    close();
    onStart(order);
  };
  return (
    <Dialog title={`Log out ${what}`} submit={`Log out ${what}`} isDanger onSubmit={submit} onClose={onClose}>
      <Touched instances={instances} />
      <ReasonField value={reason} onInput={setReason} />
      {choices.map((option) => (
        <Checkbox
          key={option}
          label={options[option].label}
          hint={options[option].hint}
          checked={ticks[option]}
          onChange={(isTicked) => setTicks({ ...ticks, [option]: isTicked })}
        />
      ))}
      <Limits instances={instances} />
    </Dialog>
  );
};

type LogoutButtonProps = Pick<LogoutDialogProps, 'instances' | 'initial'> & {
  readonly class?: string;
  readonly isOff?: boolean;
  readonly onStart?: () => void;
  readonly children: ComponentChildren;
};

/** Asks how instances are to be logged out, and does it. */
export const LogoutButton = ({ instances, initial, onStart, ...button }: LogoutButtonProps) => {
  const [isAsking, setAsking] = useState(false);
  const { start, problem } = useLogOut();
  const begin = (order: Order) => {
    onStart?.();
    void start(idsOf(instances), order);
  };
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      <Button {...button} isFleeting onClick={() => setAsking(true)} />
      {isAsking && (
        <LogoutDialog instances={instances} initial={initial} onStart={begin} onClose={() => setAsking(false)} />
      )}
    </>
  );
};
