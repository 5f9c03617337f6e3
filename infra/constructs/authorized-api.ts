import { Aws } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Route, routeKeyOf } from '../../functions/http/routes.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { createAccessLog } from './access-log.ts';
import type { Alarms } from './alarms.ts';
import type { ServiceFunction } from './service-function.ts';

export type AuthorizedApiProps = {
  readonly configuration: Pick<Configuration, 'authorization' | 'throttling' | 'logRetentionDays'>;
  readonly alarms: Alarms;
};

const createAuthorizer = ({ jwt }: Configuration['authorization']): IHttpRouteAuthorizer =>
  jwt === undefined ? new HttpIamAuthorizer() : new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: jwt.audience });

/** The HTTP API: it asks every caller who they are, holds all of them together to one pace, and writes down each call. */
export class AuthorizedApi extends Construct {
  readonly endpoint: string;
  readonly serverErrors: Metric;
  readonly #api: HttpApi;
  readonly #scopes: Readonly<Record<string, string[]>>;

  constructor(scope: Construct, id: string, { configuration, alarms }: AuthorizedApiProps) {
    super(scope, id);
    this.#scopes = configuration.authorization.jwt?.scopes ?? {};
    this.#api = new HttpApi(this, 'Api', {
      apiName: Aws.STACK_NAME,
      defaultAuthorizer: createAuthorizer(configuration.authorization),
      createDefaultStage: false,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      autoDeploy: true,
      throttle: configuration.throttling,
      accessLogSettings: createAccessLog(this, 'AccessLog', configuration.logRetentionDays),
    });
    // Without the slash that the stage's own URL ends in: the gateway takes //instances for another path.
    this.endpoint = this.#api.apiEndpoint;
    this.serverErrors = this.#api.metricServerError({ statistic: 'Sum' });
    alarms.add('server-errors', {
      metric: this.serverErrors,
      impact: 'A caller was told that a logout failed or could not be confirmed: somebody may still be logged in.',
    });
  }

  /** Sends the route to the function, behind the authorizer that every route has. */
  addRoute(route: Route, serviceFunction: ServiceFunction): void {
    const authorizationScopes = this.#scopes[routeKeyOf(route)];
    this.#api.addRoutes({
      path: route.path,
      methods: [HttpMethod[route.method]],
      integration: new HttpLambdaIntegration(route.function, serviceFunction.function),
      ...(authorizationScopes && { authorizationScopes }),
    });
  }
}
