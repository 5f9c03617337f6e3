/**
 * Replaces the SDK's event streams (20 KB) in the bundles. They carry answers without an end, such as those of
 * `InvokeWithResponseStream`: no function here requests one. The build fails when the SDK wants a name that is missing.
 */
const notBundled = (): never => {
  throw new Error('event streams are not in the bundle');
};

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
export const eventStreamSerdeProvider = notBundled;
export const EventStreamSerde = notBundled;
