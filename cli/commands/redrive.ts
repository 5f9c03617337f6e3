import { Option } from 'commander';
import { defineCommand } from '../command.ts';
import { CommandFailed, type ExitCode, exitCodes } from '../errors.ts';
import { readInput } from '../input/read-input.ts';
import type { RedriveOptions } from '../redrive/redrive.ts';
import type { Session } from '../session.ts';

/** Redrives the body of one message, which the person took out of the queue. */
const redriveBody = async (session: Session, body: string, options: RedriveOptions): Promise<ExitCode> => {
  const { createRedrive } = await import('../redrive/redrive.ts');
  const { readIdentity } = await import('../aws/identity.ts');
  const redrive = await createRedrive(session, async () => (await readIdentity(session.aws)).arn);
  const result = await redrive({ body, sentAt: undefined, key: undefined, interactive: false }, options);
  if (result.kind !== 'started') throw new CommandFailed(result.problem);
  session.print(result.id);
  return exitCodes.done;
};

export const redriveCommand = defineCommand<RedriveOptions>({
  usage: 'redrive [message]',
  summary: 'Start the runs again whose requests are in the dead-letter queue.',
  details: `For each message it shows which run it was, its status and who stopped it, and asks for confirmation. The new run gets a name of its
own and keeps who redrove it. A message is deleted only after its new run has started. A run that was stopped on purpose
or has expired is not started; its message stays unless --delete-refused is given.
With a message (the body in a file, or - for the input) nothing is read from or deleted in the queue.`,
  rights: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'lambda:ListDurableExecutionsByFunction',
    'lambda:GetDurableExecution',
    'lambda:InvokeFunction',
  ],
  options: [
    new Option('--even-if-stopped', 'also start runs that were stopped on purpose'),
    new Option('--delete-refused', 'delete the messages of runs that were stopped or have expired'),
  ],
  examples: ['redrive --stack green-api-logout', 'redrive --stack green-api-logout --even-if-stopped'],
  run: async (session, options, [file]) => {
    if (file !== undefined) return redriveBody(session, await readInput(session, file), options);
    const { redriveQueue } = await import('../redrive/redrive-queue.ts');
    return redriveQueue(session, options);
  },
});
