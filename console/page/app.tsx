import { Announcer } from './components/announcer.tsx';
import { ProblemAlert } from './components/problem-alert.tsx';
import { ViewTitle } from './components/view-title.tsx';
import { FaultsView } from './faults/faults-view.tsx';
import { InstancesView } from './instances/instances-view.tsx';
import { type ConsoleInfo, readConsoleInfo } from './local-routes.ts';
import { RunView } from './runs/run-view.tsx';
import { RunsView } from './runs/runs-view.tsx';
import { SchedulesView } from './schedules-view.tsx';
import { useLoaded } from './use-loaded.ts';
import { type Route, useRoute } from './use-route.ts';

type View = {
  readonly name: string;
  readonly label: string;
  /** Shown only if the server of the page has this feature. */
  readonly feature?: string;
};

const views: readonly View[] = [
  { name: 'instances', label: 'Instances' },
  { name: 'runs', label: 'Runs' },
  { name: 'schedules', label: 'Schedules', feature: 'schedules' },
  { name: 'faults', label: 'Emulator faults', feature: 'faults' },
];

const Navigation = ({ view, info }: { readonly view: string; readonly info: ConsoleInfo }) => (
  <nav aria-label="Views">
    {views
      .filter(({ feature }) => feature === undefined || info.features.includes(feature))
      .map(({ name, label }) => (
        <a key={name} href={`#/${name}`} {...(view === name && { 'aria-current': 'page' as const })}>
          {label}
        </a>
      ))}
  </nav>
);

const CurrentView = ({ view, id }: Route) => {
  switch (view) {
    case 'runs':
      return id === undefined ? <RunsView /> : <RunView id={id} key={id} />;
    case 'schedules':
      return <SchedulesView />;
    case 'faults':
      return <FaultsView />;
    default:
      return <InstancesView />;
  }
};

/** The whole page: what it is connected to, its views, and the present one. */
export const App = () => {
  const route = useRoute();
  const { value: info, problem, reload } = useLoaded(readConsoleInfo);
  return (
    <>
      <header>
        <p class="product">green-api-logout</p>
        {info && (
          <p class={info.real ? 'service real' : 'service'}>
            {info.service}. {info.real ? 'Logouts end real sessions.' : 'No real session is touched.'}
          </p>
        )}
        {info && <Navigation view={route.view} info={info} />}
      </header>
      <main>
        {problem && (
          <>
            <ViewTitle title="Not connected" />
            <ProblemAlert problem={problem} />
            <button type="button" onClick={reload}>
              Try again
            </button>
          </>
        )}
        <Announcer>{info && <CurrentView {...route} />}</Announcer>
      </main>
    </>
  );
};
