import { type Column, DataTable } from './components/data-table.tsx';
import { Instant } from './components/instant.tsx';
import { ProblemAlert } from './components/problem-alert.tsx';
import { ViewTitle } from './components/view-title.tsx';
import { readSchedules, type Schedule } from './local-routes.ts';
import { useLoaded } from './use-loaded.ts';

const columns: readonly Column<Schedule>[] = [
  { name: 'Schedule', cell: ({ name }) => name },
  {
    name: 'Logs out',
    cell: ({ target, dryRun }) => (
      <>
        {target} {dryRun && <span class="badge">dry run</span>}
      </>
    ),
  },
  { name: 'Reason', cell: ({ reason }) => reason },
  {
    name: 'Expression',
    cell: ({ expression, timeZone }) => (
      <>
        <code>{expression}</code> {timeZone}
      </>
    ),
  },
  {
    name: 'Next firings',
    cell: ({ firings }) =>
      firings.length === 0 ? (
        'never again'
      ) : (
        <ul class="plain">
          {firings.map((firing) => (
            <li key={firing}>
              <Instant at={firing} />
            </li>
          ))}
        </ul>
      ),
  },
];

export const SchedulesView = () => {
  const { value, problem } = useLoaded(readSchedules);
  return (
    <>
      <ViewTitle title="Schedules" />
      {problem && <ProblemAlert problem={problem} />}
      {value && (
        <DataTable
          caption="Schedules"
          columns={columns}
          rows={value.schedules}
          keyOf={({ name }) => name}
          empty="No schedule is configured. Add one to schedules in the configuration and deploy it."
        />
      )}
    </>
  );
};
