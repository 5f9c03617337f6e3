import type { FaultName } from '../../../emulators/green-api/faults.ts';
import { createClient } from '../client.ts';

/** Reads and changes GREEN-API's emulator in another process, through its control API. */
export const createGreenApiControl = (url: string) => {
  const { send, close } = createClient(url);
  const put = (idInstance: string, what: 'state' | 'fault', body: object) =>
    send({ method: 'PUT', path: `/emulator/instances/${idInstance}/${what}`, body: JSON.stringify(body) });
  return {
    stateOf: async (idInstance: string): Promise<unknown> =>
      (await send({ method: 'GET', path: `/emulator/instances/${idInstance}` })).body.stateInstance,
    authorize: (idInstance: string) => put(idInstance, 'state', { stateInstance: 'authorized' }),
    setFault: (idInstance: string, fault: FaultName) => put(idInstance, 'fault', { fault }),
    [Symbol.dispose]: close,
  };
};
