import * as v from 'valibot';
import { type InstanceId, parseInstanceId } from '../instances/instance-id.ts';
import { environmentNames, isHost, list, parseVariables, type Variables } from './environment.ts';

const warmingSchema = v.object({
  [environmentNames.warmInstances]: v.pipe(
    list,
    v.array(v.custom<InstanceId>((id) => parseInstanceId(id) !== undefined, 'must be the id of an instance')),
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
    v.maxLength(20, 'must be at most 20 ids'),
  ),
  [environmentNames.warmHosts]: v.pipe(
    list,
    v.everyItem(isHost, 'must be hosts without scheme or path, separated by commas'),
    v.maxLength(5, 'must be at most 5 hosts'),
  ),
});

export type WarmingEnvironment = { readonly instances: readonly InstanceId[]; readonly hosts: readonly string[] };

/** What to make ready during init. @throws one error at cold start that names everything that is wrong */
export const readWarmingEnvironment = (variables: Variables): WarmingEnvironment => {
  const { WARM_INSTANCES, WARM_HOSTS } = parseVariables(warmingSchema, variables);
  return { instances: WARM_INSTANCES, hosts: WARM_HOSTS };
};
