import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';

const authorizerSchema = v.union([
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
  v.object({ iam: v.object({ userArn: v.string(), userId: v.string() }) }),
  v.object({ jwt: v.object({ claims: v.object({ sub: v.string() }) }) }),
  v.object({ jwt: v.object({ claims: v.object({ client_id: v.string() }) }) }),
]);

const roleOfSession = /^arn:[^:]+:sts::[0-9]+:assumed-role\/[^/]+(?=\/)/;

/**
 * Who is calling, as the gateway's authorizer found: the ARN and unique id of a role or user, without the session name, which
 * the caller chooses; or the `sub` or `client_id` of a token. Never anything from the body.
 */
export const parseCaller = (event: APIGatewayProxyEventV2): string => {
  const authorizer = v.safeParse(
    authorizerSchema,
    'authorizer' in event.requestContext ? event.requestContext.authorizer : undefined,
  );
  // The deployed gateway authorises every route, so this stands for an event from elsewhere.
  if (!authorizer.success) return 'unidentified';
  if ('iam' in authorizer.output) {
    const { userArn, userId } = authorizer.output.iam;
    return `${roleOfSession.exec(userArn)?.[0] ?? userArn} ${userId.split(':')[0]}`;
  }
  const { claims } = authorizer.output.jwt;
  return 'sub' in claims ? claims.sub : claims.client_id;
};
