import { describeState, type Instance, isLoggedOut } from '../../../client/answers.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Instant } from '../components/instant.tsx';
import type { KnownState, States } from './use-states.ts';

type InstanceTableProps = {
  readonly instances: readonly Instance[];
  readonly states: States;
  readonly onRead: (idInstance: string) => void;
  readonly onLogOut: (instance: Instance) => void;
};

const labelId = (idInstance: string): string => `instance-${idInstance}`;

const StateText = ({ state }: { readonly state: KnownState | undefined }) => {
  switch (state?.kind) {
    case undefined:
      return null;
    case 'reading':
      return <span class="hint">Reading…</span>;
    case 'problem':
      return (
        <span class="failed">
          {state.problem.title}. {state.problem.detail}
        </span>
      );
    case 'read':
      return (
        <span>
          <span class={`badge ${isLoggedOut(state) ? 'good' : ''}`}>{describeState(state)}</span>{' '}
          <span class="hint">
            <Instant at={state.readAt} />
          </span>
        </span>
      );
  }
};

const columnsOf = ({ states, onRead, onLogOut }: InstanceTableProps): readonly Column<Instance>[] => [
  { name: 'Instance', cell: ({ idInstance }) => <span id={labelId(idInstance)}>{idInstance}</span> },
  { name: 'Owner', cell: ({ owner }) => <span class="long">{owner ?? '–'}</span> },
  { name: 'Group', cell: ({ group }) => group ?? '–' },
  { name: 'Protection', cell: (one) => (one.protected ? <span class="badge">protected</span> : '–') },
  {
    name: 'State',
    cell: ({ idInstance }) => (
      <div class="state">
        <StateText state={states.get(idInstance)} />
        <button type="button" aria-describedby={labelId(idInstance)} onClick={() => onRead(idInstance)}>
          Read state
        </button>
      </div>
    ),
  },
  {
    name: 'Action',
    cell: (instance) => (
      <button
        type="button"
        class="danger"
        aria-describedby={labelId(instance.idInstance)}
        onClick={() => onLogOut(instance)}
      >
        Log out
      </button>
    ),
  },
];

export const InstanceTable = (props: InstanceTableProps) => (
  <DataTable
    caption="Instances"
    columns={columnsOf(props)}
    rows={props.instances}
    keyOf={({ idInstance }) => idInstance}
    empty="No instance matches. Clear the filters, or enroll an instance: one secret each, with the tags owner and group."
  />
);
