import { Announcer } from './components/announcer.tsx';
import { ProblemAlert } from './components/problem-alert.tsx';
import { ViewTitle } from './components/view-title.tsx';
import { FaultsView } from './faults-view.tsx';
import { FindView } from './find/find-view.tsx';
import { useSlash } from './find/use-slash.ts';
import { type ConsoleInfo, readConsoleInfo } from './local-routes.ts';
import { PersonView } from './person/person-view.tsx';
import { RunView } from './runs/run-view.tsx';
import { RunsView } from './runs/runs-view.tsx';
import { SchedulesView } from './schedules-view.tsx';
import { Account, NotAllowed } from './sign-in/account.tsx';
import { AllowedContext } from './sign-in/may.ts';
import { useLoaded } from './use-loaded.ts';
import { type Route, useRoute } from './use-route.ts';

type View = {
  readonly name: string;
  readonly label: string;
  /** Shown only if the server of the page has this feature. */
  readonly feature?: string;
};

const views: readonly View[] = [
  { name: 'find', label: 'Find' },
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
    case 'person':
      return <PersonView key={id} identity={id ?? ''} />;
    case 'instance':
      return <PersonView key={id} idInstance={id ?? ''} />;
    default:
      return <FindView />;
  }
};

type AppProps = {
  /** How many times somebody has signed in, because another sign-in may allow something else. */
  readonly times?: number;
};

/** The whole page: what it is connected to, its views, and the present one. */
export const App = ({ times = 0 }: AppProps) => {
  const route = useRoute();
  useSlash();
  const { value: info, problem, reload } = useLoaded(readConsoleInfo, String(times));
  return (
    <>
      <header>
        <p class="product">green-api-logout</p>
        {info && <Navigation view={route.view} info={info} />}
        {info && (
          <p class={info.real ? 'service real' : 'service'}>
            {info.service}. {info.real ? 'Logouts end real sessions.' : 'No real session is touched.'}
          </p>
        )}
        {info && <Account {...info} />}
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
        {info && <NotAllowed {...info} />}
        <AllowedContext.Provider value={info?.allowed}>
          <Announcer>{info && <CurrentView {...route} />}</Announcer>
        </AllowedContext.Provider>
      </main>
    </>
  );
};
