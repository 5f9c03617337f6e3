import { Announcer } from './components/announcer.tsx';
import { Button } from './components/button.tsx';
import { ProblemAlert } from './components/problem-alert.tsx';
import { ViewTitle } from './components/view-title.tsx';
import { FaultsView } from './faults-view.tsx';
import { FindView } from './find/find-view.tsx';
import { useSlash } from './find/search-field.tsx';
import { type ConsoleInfo, readConsoleInfo } from './local-routes.ts';
import { PersonView } from './person/person-view.tsx';
import { RunView } from './runs/run-view.tsx';
import { RunsView } from './runs/runs-view.tsx';
import { SchedulesView } from './schedules-view.tsx';
import { AllowedContext } from './sign-in/may.ts';
import { session } from './sign-in/session.ts';
import { useLoaded } from './use-loaded.ts';
import { type Route, useRoute } from './use-route.ts';

const labels = { find: 'Find', runs: 'Runs', schedules: 'Schedules', faults: 'Emulator faults' };

/** Two of the views are shown only if the server of the page has what they show. */
const Navigation = ({ view, info }: { readonly view: string; readonly info: ConsoleInfo }) => (
  <nav aria-label="Views">
    {Object.entries(labels)
      .filter(([name]) => ['find', 'runs', ...info.features].includes(name))
      .map(([name, label]) => (
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

const NotAllowed = ({ allowed, missing }: Pick<ConsoleInfo, 'allowed' | 'missing'>) =>
  allowed !== undefined && missing !== undefined && missing.length > 0 ? (
    <details class="hint" open={allowed.length === 0}>
      <summary>
        {allowed.length === 0 ? 'Your sign-in allows nothing here' : 'What your sign-in does not allow'}
      </summary>
      <ul>
        {missing.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  ) : null;

/** The whole page: what it is connected to, its views, and the present one. @param times how many times somebody has signed in */
export const App = ({ times = 0 }: { readonly times?: number }) => {
  const route = useRoute();
  useSlash();
  // Another sign-in may allow something else.
  const { value: info, problem, reload } = useLoaded(readConsoleInfo, String(times));
  const { person } = info ?? {};
  return (
    <>
      <header>
        <p class="product">green-api-logout</p>
        {info && (
          <>
            <Navigation view={route.view} info={info} />
            <p class={info.real ? 'service real' : 'service'}>
              {info.service}. {info.real ? 'Logouts end real sessions.' : 'No real session is touched.'}
            </p>
          </>
        )}
        {person && session && (
          <p class="account">
            {person.name ?? person.email ?? person.subject} <Button onClick={session.signOut}>Sign out</Button>
          </p>
        )}
      </header>
      <main>
        {problem && (
          <>
            <ViewTitle title="Not connected" />
            <ProblemAlert problem={problem} />
            <Button onClick={reload}>Try again</Button>
          </>
        )}
        {info && <NotAllowed {...info} />}
        <AllowedContext.Provider value={info?.allowed}>
          <Announcer />
          {info && <CurrentView {...route} />}
        </AllowedContext.Provider>
      </main>
    </>
  );
};
