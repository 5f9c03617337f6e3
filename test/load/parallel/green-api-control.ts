import type { FaultName } from '../../../local/emulators/green-api/faults.ts';
import { createClient } from '../client.ts';

/** GREEN-API's emulator in another process, as its control plane shows and sets it. */
export const createGreenApiControl = (url: string) => {
  const { ask, close } = createClient(url);
  const put = (idInstance: string, what: 'state' | 'fault', body: object) =>
    ask({ method: 'PUT', path: `/emulator/instances/${idInstance}/${what}`, body: JSON.stringify(body) });
  return {
    stateOf: async (idInstance: string): Promise<unknown> =>
      (await ask({ method: 'GET', path: `/emulator/instances/${idInstance}` })).body.stateInstance,
    authorize: (idInstance: string) => put(idInstance, 'state', { stateInstance: 'authorized' }),
    setFault: (idInstance: string, fault: FaultName) => put(idInstance, 'fault', { fault }),
    [Symbol.dispose]: close,
  };
};
