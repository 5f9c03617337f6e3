import type { Instance } from '../../client/answers.ts';
import { formatTable } from './table.ts';

export const formatInstances = (instances: readonly Instance[]): Promise<string> =>
  formatTable(
    ['INSTANCE', 'OWNER', 'GROUP', ''],
    instances.map(({ idInstance, owner, group, protected: isProtected }) => [
      idInstance,
      owner,
      group,
      isProtected ? 'protected' : '',
    ]),
  );
