import type { Instance } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, parallelCalls } from '../api/api.ts';
import { describeFailure } from '../api/failure.ts';
import { CommandFailed } from '../errors.ts';
import type { InstancesAtGreenApi } from '../input/read-instance-list.ts';
import { formatInstances } from '../output/instances.ts';
import type { Session } from '../session.ts';

/** How the secrets differ from the instances at GREEN-API. */
export type InstancesReport = {
  /** They have no secret, so nobody can log them out here. */
  readonly notEnrolled: readonly string[];
  /** They have a secret that no list shows, because of its tag `ignore`, or because it is new. */
  readonly unlisted: readonly string[];
  /** Their secrets name an instance that is deleted at GREEN-API. */
  readonly deleted: readonly Instance[];
  /** Their secrets name an instance that is not in the file. */
  readonly withoutInstance: readonly Instance[];
};

/** The state is read with the secret itself, which the list may leave out. @throws CommandFailed */
const hasSecret = async (api: Api, idInstance: string): Promise<boolean> => {
  const reading = await api.readState(idInstance);
  if (reading.kind === 'ok' || reading.kind === 'not-understood') return true;
  if (reading.kind === 'not-reached' || !reading.code || reading.code === 'unavailable')
    throw new CommandFailed(describeFailure(reading));
  return reading.code !== 'unknown-instance';
};

export const reconcileInstances = async (
  api: Api,
  { existing, deleted }: InstancesAtGreenApi,
  instances: readonly Instance[],
): Promise<InstancesReport> => {
  const enrolled = new Set(instances.map(({ idInstance }) => idInstance));
  const missing = [...existing].filter((id) => !enrolled.has(id));
  const found = await inParallel(parallelCalls, missing, (id) => hasSecret(api, id));
  const isIn = (ids: ReadonlySet<string>) => (instance: Instance) =>
    ids.has(parseInstanceId(instance.idInstance) ?? '');
  return {
    notEnrolled: missing.filter((_, index) => !found[index]),
    unlisted: missing.filter((_, index) => found[index]),
    deleted: instances.filter(isIn(deleted)),
    withoutInstance: instances.filter((instance) => !isIn(existing)(instance) && !isIn(deleted)(instance)),
  };
};

const isAre = (count: number): string => (count === 1 ? 'is' : 'are');

/** Prints the differences, the dangerous one first. */
export const printInstancesReport = async (session: Session, report: InstancesReport): Promise<void> => {
  const { notEnrolled, unlisted, deleted, withoutInstance } = report;
  const sections: string[] = [];
  if (notEnrolled.length > 0)
    sections.push(
      `${countOf(notEnrolled.length, 'instance')} ${isAre(notEnrolled.length)} not enrolled. Without a secret, nobody can log ${notEnrolled.length === 1 ? 'it' : 'them'} out here:`,
      notEnrolled.join('\n'),
      `Enrol each: ${session.commandLine(`enroll ${notEnrolled[0]} --owner ADDRESS`)}`,
    );
  if (unlisted.length > 0)
    sections.push(
      `${countOf(unlisted.length, 'instance')} with a secret ${isAre(unlisted.length)} in no list, because of the tag ignore = true, or because the secret is newer than five minutes. No run for a person or a group includes ${unlisted.length === 1 ? 'it' : 'them'}:`,
      unlisted.join('\n'),
    );
  if (deleted.length > 0)
    sections.push(
      `${countOf(deleted.length, 'instance')} with a secret ${isAre(deleted.length)} deleted at GREEN-API. That logs no device out, and neither can this service now: unlink on the phone, then delete the secret:`,
      await formatInstances(deleted),
    );
  if (withoutInstance.length > 0)
    sections.push(
      `${countOf(withoutInstance.length, 'secret')} without an instance in the file. Delete a secret that is not needed, or add the other account to the file:`,
      await formatInstances(withoutInstance),
    );
  session.print(
    sections.length === 0
      ? 'Every instance in the file is enrolled, and every secret has its instance.'
      : sections.join('\n\n'),
  );
};
