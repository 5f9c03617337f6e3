import type { Instance } from '../../../client/answers.ts';
import { Select, TextField } from '../components/fields.tsx';

export type Filter = { readonly text: string; readonly owner: string; readonly group: string };

export const emptyFilter: Filter = { text: '', owner: '', group: '' };

const includes = (value: string, part: string): boolean => value.toLowerCase().includes(part.trim().toLowerCase());

/** Whether an instance passes all three filters; an empty one passes everything. */
export const matches = ({ idInstance, owner = '', group = '' }: Instance, filter: Filter): boolean =>
  includes(`${idInstance} ${owner} ${group}`, filter.text) &&
  includes(owner, filter.owner) &&
  (filter.group === '' || group === filter.group);

/** The groups there are, sorted. */
export const groupsOf = (instances: readonly Instance[]): readonly string[] =>
  [...new Set(instances.flatMap(({ group }) => group ?? []))].sort();

type InstanceFilterProps = {
  readonly filter: Filter;
  readonly groups: readonly string[];
  readonly onChange: (filter: Filter) => void;
};

export const InstanceFilter = ({ filter, groups, onChange }: InstanceFilterProps) => (
  <search class="filters">
    <TextField label="Search" value={filter.text} onInput={(text) => onChange({ ...filter, text })} />
    <TextField label="Owner" value={filter.owner} onInput={(owner) => onChange({ ...filter, owner })} />
    <Select label="Group" value={filter.group} onChange={(group) => onChange({ ...filter, group })}>
      <option value="">All groups</option>
      {groups.map((group) => (
        <option key={group} value={group}>
          {group}
        </option>
      ))}
    </Select>
  </search>
);
