import { groupBy } from '../../functions/instances/people.ts';
import { defineCommand } from '../command.ts';
import { checkInstances } from '../doctor/check-instances.ts';
import { check, type Finding, warning } from '../doctor/finding.ts';
import { createBar, type Progress } from '../output/progress-bar.ts';
import { formatTable } from '../output/table.ts';
import type { Session } from '../session.ts';

const checkApi = (session: Session, { show }: Progress) =>
  check('api', async () =>
    checkInstances(await session.api(), (done, total) => {
      // Outside a terminal each text is a line.
      const tenths = Math.floor((done * 10) / total) * 10;
      show({ done, total }, `states of instances read: ${tenths} %`);
    }),
  );

/** What several checks fail for, such as missing credentials, is said once. */
const mergeCauses = (findings: readonly Finding[]): readonly Finding[] =>
  [...groupBy(findings, ({ status, detail }) => `${status} ${detail}`).values()].flatMap((same) => {
    const what = [...new Set(same.map((finding) => finding.what))].join(', ');
    return same.slice(0, 1).map((finding) => ({ ...finding, what }));
  });

const checkStackIfNamed = async (session: Session): Promise<readonly Finding[]> => {
  if (session.options.stack === undefined)
    return [warning('stack', 'Not checked: name it with --stack to check identity, alarms and queues too.')];
  return (await import('../doctor/check-stack.ts')).checkStack(session);
};

export const findAll = async (session: Session): Promise<readonly Finding[]> => {
  const progress = await createBar(session.terminal);
  const { stack, url } = session.options;
  if (stack !== undefined || url !== undefined) progress.note(`Checking ${stack ?? url} …`);
  const groups = await Promise.all([checkStackIfNamed(session), checkApi(session, progress)]);
  progress.end();
  return mergeCauses(groups.flat());
};

export const formatFindings = (findings: readonly Finding[]): Promise<string> =>
  formatTable(
    ['', 'CHECK', ''],
    findings.map(({ status, what, detail }) => [status, what, detail]),
  );

export const doctorCommand = defineCommand({
  usage: 'doctor',
  summary: 'Check a deployment: identity, stack, API, every secret and state, alarms, queues and quota.',
  details: `Nothing is changed. Each line is ok, warning or error, with what to do. The exit code is 1 if there is an error. Every instance's state is read once at GREEN-API.`,
  rights: [
    'cloudformation:ListStackResources',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'lambda:GetAccountSettings',
    'sns:GetTopicAttributes',
    'sqs:GetQueueAttributes',
  ],
  examples: ['doctor --stack green-api-logout', 'doctor --url http://127.0.0.1:3000'],
  run: async (session) => {
    const findings = await findAll(session);
    session.printResult({ findings }, await formatFindings(findings));
    return findings.every(({ status }) => status !== 'error');
  },
});
