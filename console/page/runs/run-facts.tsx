import type { ComponentChildren } from 'preact';
import type { Run } from '../../../client/answers.ts';
import { Instant } from '../components/instant.tsx';
import { describeTarget } from './describe-target.ts';
import { factsIn } from './run-form.ts';

const factsOf = (run: Run): readonly (readonly [string, ComponentChildren])[] => [
  ['Target', run.request?.target && describeTarget(run.request.target)],
  ['Options', run.request && factsIn(run.request).join(', ')],
  ['Reason', run.reason],
  ['Source', run.source],
  ['Requested by', run.requestedBy],
  ['Started', <Instant key="started" at={run.startedAt} />],
  ['Ended', run.endedAt && <Instant key="ended" at={run.endedAt} />],
  ['Phase', run.phase],
  ['Next action', run.nextActionAt && <Instant key="next" at={run.nextActionAt} />],
  ['Watch', run.watch],
];

/** Who asked for the run, for whom, why, and when. Facts that are not known are left out. */
export const RunFacts = ({ run }: { readonly run: Run }) => (
  <dl>
    {factsOf(run)
      .filter(([, value]) => Boolean(value))
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);
