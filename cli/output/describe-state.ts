import type { InstanceState } from '../../client/answers.ts';
import type { Result } from '../../client/result.ts';
import { describeFailure } from '../api/failure.ts';

export const describeState = (reading: Result<InstanceState>): string =>
  reading.kind === 'ok' ? (reading.value.stateInstance ?? 'none') : `not read: ${describeFailure(reading)}`;
