import { InvalidInputTransformer, transformInput } from './input-transformer.ts';

// From https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
const event = {
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  detail: { 'instance-id': 'i-0123456789', state: 'RUNNING', tags: { team: 'a' }, said: 'a "b"' },
};
const InputPathsMap = {
  instance: '$.detail.instance-id',
  state: '$.detail.state',
  tags: '$.detail.tags',
  said: '$.detail.said',
  missing: '$.detail.missing.deeper',
};

test.each([
  ['"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
  ['{"instance" : <instance>, "state": <state>}', '{"instance" : "i-0123456789", "state": "RUNNING"}'],
  ['{"a": "is \\"<state>\\" and <instance>"}', '{"a": "is \\"RUNNING\\" and i-0123456789"}'],
  ['{"tags": <tags>}', '{"tags": {"team":"a"}}'],
  ['"tags <tags>"', '"tags {"team":"a"}"'],
  ['{"said": <said>}', '{"said": "a \\"b\\""}'],
  ['"<said>"', '"a "b""'],
  ['"<missing>"', '""'],
])('of the documented event, %s makes %s', (InputTemplate, expected) => {
  expect(transformInput({ InputPathsMap, InputTemplate }, event)).toBe(expected);
});

test('refuses a variable without a path, and a path that is not emulated', () => {
  expect(() => transformInput({ InputPathsMap, InputTemplate: '"<other>"' }, event)).toThrow(
    new InvalidInputTransformer('the variable other has no path'),
  );
  expect(() => transformInput({ InputPathsMap: { a: '$.detail[0]' }, InputTemplate: '"<a>"' }, event)).toThrow(
    new InvalidInputTransformer('the path $.detail[0] is not emulated'),
  );
});
