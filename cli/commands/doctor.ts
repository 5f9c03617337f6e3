import { defineCommand } from '../command.ts';
import { check, type Finding, failure, ok, warning } from '../doctor/finding.ts';
import { exitCodes } from '../errors.ts';
import { formatTable } from '../output/table.ts';
import type { Session } from '../session.ts';

const checkIdentity = (session: Session) =>
  check('identity', async () => {
    const { readIdentity } = await import('../aws/identity.ts');
    return [ok('identity', (await readIdentity(session.aws)).arn)];
  });

const checkOutputs = (session: Session) =>
  check('stack', async (): Promise<readonly Finding[]> => {
    const { stack, status } = await session.outputs();
    if (/^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return [ok('stack', `${stack} is ${status}`)];
    return [failure('stack', `${stack} is ${status}. Look at its events in CloudFormation.`)];
  });

const checkResources = (session: Session) =>
  check('stack', async () =>
    (await import('../doctor/check-stack.ts')).checkStack(await session.outputs(), session.aws),
  );

const checkApi = (session: Session) =>
  check('api', async () => (await import('../doctor/check-instances.ts')).checkInstances(await session.api()));

const findAll = async (session: Session): Promise<readonly Finding[]> => {
  const { stack } = session.options;
  if (stack === undefined)
    return [
      warning('stack', 'Not checked: name it with --stack to check identity, alarms and queues too.'),
      ...(await checkApi(session)),
    ];
  const groups = await Promise.all([
    checkIdentity(session),
    checkOutputs(session),
    checkResources(session),
    checkApi(session),
  ]);
  return groups.flat();
};

export const doctorCommand = defineCommand({
  usage: 'doctor',
  summary: 'Check a deployment: identity, stack, API, every secret and state, alarms and queues.',
  details: `Nothing is changed. Each line is ok, warning or error, with what to do. The exit code is 1 if there is an error. Every instance's state is read once at GREEN-API.`,
  rights: [
    'cloudformation:ListStackResources',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'sns:GetTopicAttributes',
    'sqs:GetQueueAttributes',
  ],
  examples: ['doctor --stack green-api-logout', 'doctor --url http://127.0.0.1:3000'],
  run: async (session) => {
    const findings = await findAll(session);
    if (session.options.json) session.printJson({ findings });
    else
      session.print(
        await formatTable(
          ['', 'CHECK', ''],
          findings.map(({ status, what, detail }) => [status, what, detail]),
        ),
      );
    return findings.some(({ status }) => status === 'error') ? exitCodes.failed : exitCodes.done;
  },
});
