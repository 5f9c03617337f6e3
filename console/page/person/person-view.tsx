import { useEffect, useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { parseOwner } from '../../../functions/instances/identity.ts';
import type { Owned, Person } from '../../../functions/instances/people.ts';
import { Button } from '../components/button.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { nameOf } from '../find/search-results.ts';
import type { ListReading } from '../instances/instance-list.ts';
import { InstanceRow } from '../instances/instance-row.tsx';
import { instanceList, logouts, states } from '../instances/live.ts';
import { LogoutActions } from '../instances/logout-actions.tsx';
import { LogoutButton } from '../instances/logout-dialog.tsx';
import { hasFailed, isUnderWay, type Logout } from '../instances/logouts.ts';
import { UnreadableSecrets } from '../instances/unreadable-secrets.tsx';
import { useLogOut } from '../instances/use-log-out.ts';
import { useMay } from '../sign-in/may.ts';
import { useStore } from '../use-store.ts';
import { AfterLogout } from './after-logout.tsx';
import { answerFor, countOpen, type Known, labelFor, tellPerson } from './answer.ts';
import { RecentRuns } from './recent-runs-list.tsx';

/** The list is read again when the view appears and it is older than this. */
const listMaxAgeMs = 5 * 60_000;
/** States on this page are read again while somebody looks at it. */
const stateMaxAgeMs = 30_000;

type Named = { readonly identity?: string; readonly idInstance?: string };

/** The person of an identity, or of one instance, which all its owners share if there are several. */
const personOf = ({ people, list }: ListReading, { identity, idInstance }: Named): Person<Instance> => {
  if (identity !== undefined) return people.find(identity);
  const isMeant = (one: Instance): boolean => one.idInstance === idInstance;
  const instances = list.instances.filter(isMeant).map((instance) => {
    const [first = ''] = parseOwner(instance.owner ?? '');
    const others = people.find(first).instances.find(isMeant)?.sharedWith ?? [];
    return { ...instance, sharedWith: others.length === 0 ? [] : [first, ...others] };
  });
  return { names: [], alsoKnownAs: [], matchedBy: [], instances };
};

/** Ticked are those that are not out yet and that nobody shares, unless somebody ticked otherwise. */
const useTicks = (instances: readonly Shown[]) => {
  const [ticks, setTicks] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isTicked = (instance: Shown): boolean =>
    ticks.get(instance.idInstance) ?? (instance.sharedWith.length === 0 && countOpen([instance]) > 0);
  const tick = (idInstance: string, isOn: boolean) => setTicks(new Map(ticks).set(idInstance, isOn));
  return { isTicked, tick, ticked: instances.filter(isTicked) };
};

const formatTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hour12: false });

/** What to tell, when a logout of this page is confirmed, none is under way and none failed. */
const textFor = (known: readonly (Logout | undefined)[]): string | undefined => {
  if (known.some((logout) => isUnderWay(logout) || hasFailed(logout))) return undefined;
  const done = known.flatMap((logout) =>
    logout?.kind === 'ended' && logout.result.kind === 'ok' ? [logout.result.value] : [],
  );
  if (done.length === 0) return undefined;
  const times = done.flatMap(({ confirmedAt }) => confirmedAt ?? []).toSorted();
  const at = formatTime.format(new Date(times.at(-1) ?? Date.now()));
  return tellPerson({ count: done.length, at, isRotated: done.every(({ token }) => token?.rotated) });
};

type Shown = Owned<Instance> & Known;

type ActionsProps = {
  readonly instances: readonly Shown[];
  readonly ticked: readonly Shown[];
  /** The page is about this one instance. */
  readonly idInstance: string | undefined;
};

/** The one button of the page, or what can be done after a failure. */
const Actions = ({ instances, ticked, idInstance }: ActionsProps) => {
  const may = useMay();
  const isBusy = instances.some(({ logout }) => isUnderWay(logout));
  if (!may('logout')) return <p class="muted">Your sign-in does not allow logging out.</p>;
  if (!isBusy && instances.some(({ logout }) => hasFailed(logout))) return <LogoutActions instances={instances} />;
  return (
    <LogoutButton class="danger" instances={ticked} isOff={isBusy || ticked.length === 0}>
      {isBusy ? 'Logging out…' : labelFor(instances, ticked, idInstance)}
    </LogoutButton>
  );
};

type PersonPageProps = { readonly person: Person<Instance>; readonly reading: ListReading };

const PersonPage = ({ person, reading }: PersonPageProps) => {
  const known = useStore(states.store);
  const progress = useStore(logouts.store);
  const { retry } = useLogOut();
  const instances = person.instances.map((instance) => ({
    ...instance,
    state: known.get(instance.idInstance),
    logout: progress.get(instance.idInstance),
  }));
  const { isTicked, tick, ticked } = useTicks(instances);
  const may = useMay();
  const isBusy = instances.some(({ logout }) => isUnderWay(logout));
  const name = nameOf(person);
  const text = textFor(instances.map(({ logout }) => logout));
  return (
    <>
      <p class="answer">{answerFor(person.identity && name, instances, reading.readAt !== undefined)}</p>
      {reading.readAt === undefined && reading.isReading && (
        <p class="muted">The list of instances is still being read: there may be more.</p>
      )}
      <div class="toolbar">
        <Actions
          instances={instances}
          ticked={ticked}
          idInstance={person.identity === undefined ? instances[0]?.idInstance : undefined}
        />
      </div>
      <ul class="instances" aria-label="Instances">
        {instances.map((instance) => (
          <InstanceRow
            key={instance.idInstance}
            instance={instance}
            maxAgeMs={stateMaxAgeMs}
            isSelected={isTicked(instance)}
            onSelect={(isOn) => tick(instance.idInstance, isOn)}
          >
            {hasFailed(instance.logout) && may('logout') && (
              <Button
                isFleeting
                aria-label={`Try again ${instance.idInstance}`}
                onClick={() => void retry([instance.idInstance])}
              >
                Try again
              </Button>
            )}
          </InstanceRow>
        ))}
      </ul>
      {text !== undefined && <AfterLogout text={text} />}
      {!isBusy && <RecentRuns instances={person.instances} />}
    </>
  );
};

const Owners = ({ instance }: { readonly instance: Instance | undefined }) => (
  <p class="picks">
    {instance?.name}
    {parseOwner(instance?.owner ?? '').map((owner) => (
      <a key={owner} href={`#/person/${encodeURIComponent(owner)}`}>
        Everything of {owner}
      </a>
    ))}
  </p>
);

/** Why there is no instance to show. A list that was not read whole says nothing about who is missing. */
const nothingIn = ({ readAt, problem }: ListReading): string => {
  if (readAt !== undefined)
    return 'No instance has this owner. Not enrolled? An instance without a secret cannot be logged out from here.';
  return problem ? 'Without the list of instances nothing is known here.' : 'Reading the list of instances…';
};

/** Is this person out? One identity, or one instance without an owner, and what can be logged out. */
export const PersonView = (named: Named) => {
  const reading = useStore(instanceList.store);
  useEffect(() => instanceList.refresh(listMaxAgeMs), []);
  const person = personOf(reading, named);
  const { identity = named.identity ?? `Instance ${named.idInstance}`, alsoKnownAs } = person;
  const title = person.instances.length === 0 ? identity : nameOf(person);
  return (
    <>
      <p>
        <a href="#/find">Back to Find</a>
      </p>
      <ViewTitle title={title} />
      {named.idInstance !== undefined && <Owners instance={person.instances[0]} />}
      <p class="muted">{[title === identity ? '' : identity, ...alsoKnownAs].filter(Boolean).join(' · ')}</p>
      {reading.problem && <ProblemAlert problem={reading.problem} />}
      <UnreadableSecrets list={reading.list} />
      {person.instances.length > 0 && <PersonPage person={person} reading={reading} />}
      {person.instances.length === 0 && <p>{nothingIn(reading)}</p>}
    </>
  );
};
