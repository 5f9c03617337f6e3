import { describeState, type InstanceState } from '../../client/answers.ts';
import type { Result } from '../../client/result.ts';
import { describeFailure } from '../api/failure.ts';

export const describeReading = (reading: Result<InstanceState>): string =>
  reading.kind === 'ok' ? describeState(reading.value) : `not read: ${describeFailure(reading)}`;
