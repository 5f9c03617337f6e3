import { Option } from 'commander';
import { describeState } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { defineCommand } from '../command.ts';
import { type EnrollDependencies, type EnrollResult, enroll } from '../enroll/enroll.ts';
import {
  type Enrollment,
  type EnrollmentFields,
  type EnrollmentRules,
  parseEnrollment,
  readEnrollments,
} from '../enroll/enrollment.ts';
import { findSecrets, type Secrets, type SecretsOptions, secretOptions } from '../enroll/find-secrets.ts';
import { UsageError } from '../errors.ts';
import { readInput } from '../input/files.ts';
import { confirm, promptForSecret } from '../input/questions.ts';
import { createBar } from '../output/progress-bar.ts';
import { formatTable } from '../output/table.ts';
import { isInteractive, type Session } from '../session.ts';

type Options = SecretsOptions & {
  readonly csv?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly protected?: boolean;
  readonly name?: string;
  /** `false`: remove the tag. */
  readonly phone?: boolean;
  readonly apiUrl?: string;
  readonly tagsOnly?: boolean;
  readonly verify: boolean;
};

/** GREEN-API's limits are per instance, Secrets Manager's far above this. */
const parallelEnrollments = 5;

/** @throws UsageError naming every field that is wrong */
const parseOne = (fields: EnrollmentFields, rules: EnrollmentRules): Enrollment => {
  const parsed = parseEnrollment(fields, rules);
  if ('problems' in parsed) throw new UsageError(`${parsed.problems.join('\n')}\nNothing was written.`);
  return parsed;
};

const readOne = async (session: Session, idInstance: string, options: Options, rules: EnrollmentRules) => {
  const { owner, group, name, phone, apiUrl } = options;
  const given = { idInstance, apiUrl, owner, group, name };
  const fields = { ...given, protected: options.protected?.toString(), phone: phone === false ? '' : undefined };
  // The other fields are checked before the prompt for the token.
  const tags = parseOne({ ...fields, apiTokenInstance: 'placeholder' }, rules);
  if (rules.tagsOnly) return [tags];
  const apiTokenInstance = await promptForSecret(session, `apiTokenInstance of ${idInstance}:`);
  return [parseOne({ ...fields, apiTokenInstance }, rules)];
};

const readAll = async (
  session: Session,
  file: string,
  options: Options,
  rules: EnrollmentRules & Pick<Secrets, 'describePlace'>,
) => {
  const enrollments = readEnrollments(file, await readInput(session, file), rules);
  const place = isInteractive(session.terminal) && !session.options.yes ? ` to ${await rules.describePlace()}` : '';
  const count = countOf(enrollments.length, 'instance');
  await confirm(session, `Write the secrets${options.tagsOnly ? "' tags" : ''} of ${count}${place}?`);
  return enrollments;
};

/** At Ctrl-C those under way are completed, and no other is begun. */
const enrollAll = async (
  session: Session,
  enrollments: readonly Enrollment[],
  dependencies: EnrollDependencies,
): Promise<readonly EnrollResult[]> => {
  const bar = await createBar(session.terminal);
  const stop = new AbortController();
  using _ = session.terminal.onInterrupt(() => {
    stop.abort();
    bar.end();
  });
  let done = 0;
  const results = await inParallel(parallelEnrollments, enrollments, async (enrollment) => {
    if (stop.signal.aborted) return undefined;
    const result = await enroll(enrollment, dependencies);
    done += 1;
    bar.show({ done, total: enrollments.length }, `${result.idInstance} ${result.result}`);
    return result;
  });
  bar.end();
  return results.filter((result) => result !== undefined);
};

const printResults = async (session: Session, results: readonly EnrollResult[]): Promise<void> => {
  if (session.options.json) {
    for (const result of results) session.printJson(result);
    return;
  }
  const rows = results.map(({ idInstance, result, stateInstance, problem, warning }) => [
    idInstance,
    result,
    stateInstance && describeState({ stateInstance }),
    problem ?? warning,
  ]);
  session.print(await formatTable(['INSTANCE', 'RESULT', 'STATE', ''], rows));
};

/** @param total how many there were to enroll: after Ctrl-C there are fewer results */
const report = async (session: Session, results: readonly EnrollResult[], total: number): Promise<boolean> => {
  await printResults(session, results);
  const failed = results.filter(({ result }) => result === 'failed').length;
  if (failed > 0 && results.length > 1)
    session.note(`${failed} failed. Correct them and run the command again: what is stored already is left alone.`);
  const isInterrupted = results.length < total;
  if (isInterrupted) session.note('Interrupted. Repeat the command to go on.');
  return failed === 0 && !isInterrupted;
};

export const enrollCommand = defineCommand<Options>({
  usage: 'enroll [idInstance]',
  summary: 'Create or update the secrets of instances and their tags.',
  details: `The token comes from a prompt that does not show it, from standard input or from the file. It is never an argument.
Everything is checked before anything is written: a token goes to no host but GREEN-API's and those allowed here. Each
credential is verified by reading the state at GREEN-API from this machine. A secret that is the same already is left
alone, so an interrupted command can be repeated. An empty value removes a tag. A tag that is not given stays.
A character that a tag cannot hold, such as the apostrophe, is escaped: _x0027_. An instance that gets another owner while
it may be linked is named in a warning: the former owner may still be logged in.
The tags name and phone are for the search. Many can read tags, so only the last six digits of a number are kept.
--phone reads the number that is linked now at GREEN-API. With --tags-only it uses the stored token.
The first line of a file names its columns: idInstance,apiUrl,apiTokenInstance,owner,group,protected,name,phone.
With --url of the local service (npm start) it is practice: nothing reaches AWS or GREEN-API. The instances 1101000006 and
410012345678 exist there and are not enrolled. Their token is d75b3a66374942c5b3c019c698abc2067e151558acbd412345.`,
  rights: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:CreateSecret',
    'secretsmanager:PutSecretValue',
    'secretsmanager:TagResource',
    'secretsmanager:UntagResource',
  ],
  options: [
    new Option('--csv <file>', 'enroll the instances of a file; - reads standard input'),
    new Option('--owner <identities>', 'ids of the person it belongs to, separated by spaces'),
    new Option('--group <name>', 'group that runs can aim at'),
    new Option('--protected', 'no run may log it out'),
    new Option('--no-protected', 'runs may log it out'),
    new Option('--name <text>', 'name of the person, for people who search'),
    new Option('--phone', 'keep the last six digits of the linked number, for people who search'),
    new Option('--no-phone', 'keep no digits of a number'),
    new Option('--api-url <url>', 'apiUrl of the instance, as the console of GREEN-API shows it'),
    new Option('--tags-only', 'change the tags of existing secrets; no token is needed'),
    new Option('--no-verify', 'do not read the state at GREEN-API first'),
    ...secretOptions(),
    new Option('--kms-key <arn>', 'key that encrypts new secrets (default: that of the stack)'),
  ],
  examples: [
    'enroll 1101000001 --owner john.doe@example.com --group sales',
    'enroll --csv fleet.csv --stack green-api-logout',
    'enroll 1101000001 --owner jane.roe@example.com --tags-only',
    'enroll 1101000001 --name "John Doe" --phone --tags-only',
    'enroll 1101000006 --owner john.doe@example.com --url http://127.0.0.1:3000',
  ],
  run: async (session, options, [idInstance]) => {
    const { csv, tagsOnly = false } = options;
    if ((idInstance === undefined) === (csv === undefined))
      throw new UsageError('Name one instance, or a file with --csv.');
    if (options.phone && !options.verify)
      throw new UsageError('--phone reads the number while it verifies the token: leave out --no-verify.');
    const { aws, kmsKey, ...secrets } = await findSecrets(session, options);
    const rules = { ...secrets, tagsOnly, readsPhone: options.phone === true };
    const enrollments =
      csv === undefined
        ? await readOne(session, idInstance ?? '', options, rules)
        : await readAll(session, csv, options, rules);
    const { createSecretStore } = await import('../enroll/secret-store.ts');
    const verify = options.verify ? (await import('../enroll/verify.ts')).createVerify() : undefined;
    const store = createSecretStore(aws, kmsKey);
    const { commandLine } = session;
    const results = await enrollAll(session, enrollments, { ...rules, store, verify, commandLine });
    return report(session, results, enrollments.length);
  },
});
