/**
 * Stands in the bundles for the SDK's event streams (20 KB), which carry answers that never end, such as those of
 * `InvokeWithResponseStream`: no function here asks for one. The build fails when the SDK wants a name that is missing.
 */
const sdkStubs = (): never => {
  throw new Error('event streams are left out of the bundle');
};

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
export const eventStreamSerdeProvider = sdkStubs;
export const EventStreamSerde = sdkStubs;
