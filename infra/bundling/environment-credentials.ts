/** Has the name of the SDK's own error, which its documentation describes. */
class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/**
 * Replaces the SDK's chain of credential providers in the bundles. The chain looks for profiles, SSO, web identity and instance
 * metadata, which a function never has, and takes 130 KB. Lambda puts the role's credentials into the environment of a Node
 * runtime; the endpoint that functions with SnapStart use is not offered for Node
 * (https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html).
 *
 * @throws CredentialsProviderError when the environment holds none
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new CredentialsProviderError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    // The SDK calls again before then: the local service keeps the environment fresh.
    ...(AWS_CREDENTIAL_EXPIRATION && { expiration: new Date(AWS_CREDENTIAL_EXPIRATION) }),
  };
};
