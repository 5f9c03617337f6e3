import { open, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { describeState } from '../../client/answers.ts';
import { defineCommand } from '../command.ts';
import { secretOptions } from '../enroll/find-secrets.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { readInstanceIds } from '../input/options.ts';
import { promptForText } from '../input/questions.ts';
import { formatTable } from '../output/table.ts';
import type { RecordedExchange } from '../probe/exchange.ts';
import type { ProbeResult } from '../probe/probe.ts';
import type { ProbeTarget, TargetOptions } from '../probe/read-target.ts';
import { version } from '../program-name.ts';
import { isInteractive, type Session } from '../session.ts';

type Options = TargetOptions & { readonly out: string; readonly rotateToken?: boolean; readonly clearQueue?: boolean };

/** Says what is going to happen, and wants the main part typed: a person is cut off. */
const askForConsent = async (session: Session, target: ProbeTarget, options: Options): Promise<void> => {
  const { idInstance, owner, place } = target;
  session.note(
    [
      `The instance ${idInstance}${owner === undefined ? '' : ` of ${owner}`} is linked. Its secret: ${place}.`,
      'The probe logs out this instance only. Its user must link it again with the phone.',
      ...(options.clearQueue ? ['It clears the queue: messages that wait are never sent.'] : []),
      ...(options.rotateToken ? ['It changes the token, and writes the new one into the secret.'] : []),
      'It also ends the session of WhatsApp Calls, if there is one. It takes up to four minutes.',
    ].join('\n'),
  );
  if (session.options.yes) return;
  if (!isInteractive(session.terminal))
    throw new UsageError('Consent is needed, but there is no terminal. To do all of this, add --yes.');
  const words = `log out ${idInstance}`;
  const answer = await promptForText(session, `Type "${words}" to go on:`, '--yes');
  if (answer.trim() !== words) throw new CommandFailed('You typed something else. Nothing was done.');
};

/** Opened before anything is done, so that nothing is measured that cannot be kept. @throws UsageError */
const createFile = async (file: string) => {
  try {
    return await open(file, 'wx');
  } catch (error) {
    const why = Object(error).code === 'EEXIST' ? 'exists already' : 'cannot be written';
    throw new UsageError(`${file} ${why}: name another file with --out.`);
  }
};

type Measured = ProbeResult & { readonly exchanges: readonly RecordedExchange[]; readonly messenger: string };

const measure = async (session: Session, target: ProbeTarget, options: Options): Promise<Measured> => {
  const { createCall } = await import('../probe/exchange.ts');
  const { probe, readMessenger } = await import('../probe/probe.ts');
  const exchanges: RecordedExchange[] = [];
  const start = performance.now();
  const now = () => Math.round(performance.now() - start);
  const call = createCall(target, (exchange) => exchanges.push(exchange), now);
  const messenger = readMessenger(await call('getSettings'));
  const stop = new AbortController();
  using _ = session.terminal.onInterrupt(() => {
    session.note('Stopping after the call that is under way. Ctrl-C again ends at once, and keeps nothing.');
    stop.abort();
  });
  const result = await probe({
    call,
    token: target.credential.apiTokenInstance,
    messenger,
    clearsQueue: options.clearQueue === true,
    keepToken: options.rotateToken ? target.keepToken : undefined,
    now,
    sleep,
    signal: stop.signal,
    note: session.note,
  });
  return { ...result, exchanges, messenger };
};

/** Without the id, the token, a number or a name. */
const contentOf = ({ exchanges, findings, messenger, isInterrupted }: Measured, now: Date, host: string): string =>
  `${JSON.stringify({ version: 1, program: version, probedAt: now.toISOString(), host, messenger, isInterrupted, findings, exchanges }, null, 2)}\n`;

const describePending = ({ commandLine }: Session, id: string, { isInterrupted, isOut }: Measured): string =>
  isOut
    ? `${id} is logged out. Link it again with the phone.`
    : `${isInterrupted ? 'Interrupted: ' : ''}${id} is not confirmed as logged out, and the logout may still take effect. Check: ${commandLine(`state ${id}`)}`;

export const probeCommand = defineCommand<Options>({
  usage: 'probe <idInstance>',
  summary: "Log one instance out and measure what GREEN-API's documentation leaves open.",
  details: `For the first instance of a real account: use one whose phone is at hand, because it must be linked again. Calls go to
GREEN-API from this machine, with the token in the secret. Nothing is recorded as evidence, and no event is sent.
It measures how long a logout takes, what a second one answers, what a 429 carries, and more. The findings go to a
file without token, id, number or name. docs/green-api.md lists the questions. A protected instance is refused.
The exit code is 1 if the logout is not confirmed, or if a new token is lost.`,
  rights: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  options: [
    new Option('--out <file>', 'file for the findings; it must not exist').default('green-api-probe.json'),
    new Option('--rotate-token', 'also change the token, and measure when the old one dies'),
    new Option('--clear-queue', 'also clear the queue of messages to send'),
    new Option(
      '--ask-token',
      'ask for the token instead of reading the secret; whether it is protected is not known then',
    ),
    new Option('--api-url <url>', 'apiUrl of the instance, with --ask-token'),
    ...secretOptions(),
  ],
  examples: [
    'probe 1101000001 --stack green-api-logout',
    'probe 1101000001 --rotate-token --out probe.json --stack green-api-logout',
    'probe 1101000003 --rotate-token --url http://127.0.0.1:3000',
  ],
  run: async (session, options, args) => {
    const [idInstance, ...others] = readInstanceIds(args);
    if (idInstance === undefined || others.length > 0) throw new UsageError('Name one instance.');
    if (options.askToken && options.rotateToken)
      throw new UsageError('--rotate-token writes the new token into the secret: leave out --ask-token.');
    const { readTarget } = await import('../probe/read-target.ts');
    const target = await readTarget(session, idInstance, options);
    if (!target.isLinked)
      throw new CommandFailed(
        `Nothing was done: its state is ${describeState({ stateInstance: target.stateInstance })}. The probe needs a linked instance.`,
      );
    await askForConsent(session, target, options);
    if (options.rotateToken) await target.checkWriting?.();
    await using file = await createFile(options.out);
    let measured: Measured;
    try {
      measured = await measure(session, target, options);
    } catch (error) {
      await unlink(options.out);
      throw error;
    }
    await file.writeFile(contentOf(measured, session.terminal.now(), new URL(target.credential.apiUrl).host));
    const { findings } = measured;
    const rows = findings.map(({ asks, means, detail }) => [asks, means, detail]);
    session.printResult({ findings }, await formatTable(['QUESTION', 'FINDING', ''], rows));
    const lost = measured.isTokenLost
      ? [
          'The token was changed, or may be, and the new one is not in the secret. Copy it from the console of GREEN-API: enroll.',
        ]
      : [];
    session.note([describePending(session, idInstance, measured), ...lost, `Written to ${options.out}.`].join('\n'));
    return measured.isOut && !measured.isTokenLost;
  },
});
