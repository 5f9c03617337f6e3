import * as v from 'valibot';

// What the configuration is made of. Each message says what is allowed: `parseConfiguration` makes the sentence around it.

/** An object of these fields and no other. */
export const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.unknown(),
    // Valibot takes an array for an object.
    v.check((input) => !Array.isArray(input), 'an object'),
    v.strictObject(entries, ({ expected }) => {
      if (expected === 'Object') return 'an object';
      return expected === 'never' ? `no field but ${Object.keys(entries).join(', ')}` : 'a value: it is missing';
    }),
  );

export const matching = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed));

export const word = matching(/^\S+$/, 'a text without white space');

export const flag = v.boolean('true or false');

export const wholeNumber = (min: number, max: number) =>
  v.message(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), `a whole number from ${min} to ${max}`);

export const listOf = <Item extends v.GenericSchema>(item: Item, max: number) => {
  const allowed = `a list of 1 to ${max}`;
  return v.pipe(v.array(item, allowed), v.minLength(1, allowed), v.maxLength(max, allowed));
};

/** A list that may be empty. */
export const upTo = <Item extends v.GenericSchema>(item: Item, max: number) =>
  v.pipe(v.array(item, 'a list'), v.maxLength(max, `a list of at most ${max}`));

// A top-level domain starts with a letter, so no spelling of an IP address passes: not 127.0.0.1, 2130706433, 0x7f.1 or [::1].
const publicHostPattern =
  /^(?!.*\.(?:localhost|localdomain|local|internal)(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::[1-9][0-9]{0,4})?$/;

const publicHostRule =
  'a public host name in lower case, with or without a port: no IP address, no localhost, nothing under .local or .internal';

/** A host, or host and port, that cannot be this machine, its network or a cloud's metadata service by its name alone. */
export const publicHost = v.pipe(
  matching(publicHostPattern, publicHostRule),
  // There is no port above 65535.
  v.check((host) => URL.canParse(`https://${host}`), publicHostRule),
);

/** Days that CloudWatch Logs can keep a log group (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
export const retentionDays = v.picklist(
  [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
  ({ expected }) => `one of ${expected}`,
);
