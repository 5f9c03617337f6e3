import type { FaultName } from '../../../local/emulators/green-api/faults.ts';
import { createClient } from '../client.ts';

/** GREEN-API's stand-in in another process, as its control plane shows and sets it. */
export const createGreenApiControl = (url: string) => {
  const { ask, close } = createClient(url);
  const put = (idInstance: string, what: 'state' | 'fault', body: object) =>
    ask({ method: 'PUT', path: `/stand-in/instances/${idInstance}/${what}`, body: JSON.stringify(body) });
  return {
    stateOf: async (idInstance: string): Promise<unknown> =>
      (await ask({ method: 'GET', path: `/stand-in/instances/${idInstance}` })).body.stateInstance,
    authorize: (idInstance: string) => put(idInstance, 'state', { stateInstance: 'authorized' }),
    setFault: (idInstance: string, fault: FaultName) => put(idInstance, 'fault', { fault }),
    [Symbol.dispose]: close,
  };
};
