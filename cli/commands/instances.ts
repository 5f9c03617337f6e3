import { Option } from 'commander';
import { valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { formatInstances, warnOfUnreadable } from '../output/instances.ts';

export const instancesCommand = defineCommand<{
  readonly owner?: string;
  readonly group?: string;
  readonly query?: string;
}>({
  usage: 'instances',
  summary: 'List the instances with their owner, group and protection.',
  options: [
    new Option(
      '--owner <identity>',
      'only the instances of this person: an e-mail address or another id in the owner tag',
    ),
    new Option('--group <name>', 'only the instances of this group'),
    new Option('--query <text>', 'only the instances that a search finds; the find command shows people and states'),
  ],
  examples: ['instances', 'instances --owner john.doe@example.com', 'instances --group sales --json'],
  run: async (session, filter) => {
    const list = valueIn(await (await session.api()).listInstances(filter));
    const { instances } = list;
    warnOfUnreadable(session, list);
    if (session.options.json) session.printJson(list);
    else if (instances.length === 0)
      session.note('No instance matches. Tags that changed may take five minutes to show.');
    else session.print(await formatInstances(instances));
    return instances.length > 0;
  },
});
