import { logoutResponse } from '../../../functions/http/logout-response.ts';
import type { InstanceId } from '../../../functions/instances/instance-id.ts';

test.each([
  ['it is gone', 'It is gone. Correct the secret, or allow this service to read it.'],
  ['is its key enabled?', 'Is its key enabled? Correct the secret, or allow this service to read it.'],
])('writes the detail and the advice as sentences: %s', (detail, expected) => {
  const { body } = logoutResponse('1101000001' as InstanceId, {
    outcome: { kind: 'credential-unreadable', confirmed: false, detail },
    aftercare: {},
  });

  expect(JSON.parse(body ?? '')).toMatchObject({ detail: expected });
});
