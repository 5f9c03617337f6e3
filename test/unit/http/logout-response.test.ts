import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { logoutResponse } from '../../../functions/http/logout-response.ts';

test('writes the detail and the advice as sentences', () => {
  const { body } = logoutResponse('1101000001' as InstanceId, {
    outcome: { kind: 'credential-unreadable', confirmed: false, detail: 'it is gone' },
    followUp: {},
  });

  expect(JSON.parse(body ?? '')).toMatchObject({
    detail: 'It is gone. Correct the secret, or allow this service to read it.',
  });
});
