import type { ComponentChildren } from 'preact';
import type { Run } from '../../../client/answers.ts';
import { describePhase } from '../../../client/run-words.ts';
import { Instant } from '../components/instant.tsx';
import { describeTarget } from './describe-run.ts';
import { factsIn } from './run-form.ts';

const factsOf = (run: Run): readonly (readonly [string, ComponentChildren])[] => [
  ['Target', run.request?.target && describeTarget(run.request.target)],
  ['Options', run.request && factsIn(run.request).join(', ')],
  ['Source', run.source],
  ['Requested by', run.requestedBy],
  ['Ended', run.endedAt && <Instant key="ended" at={run.endedAt} />],
  ['Phase', run.phase && describePhase(run.phase)],
  ['Next action', run.nextActionAt && <Instant key="next" at={run.nextActionAt} />],
  ['Retry of', run.retryOf && <a href={`#/runs/${run.retryOf}`}>{run.retryOf}</a>],
  ['Watch', run.watch],
  ['Status', run.status],
  ['Run', run.id],
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
