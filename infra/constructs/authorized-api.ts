import {
  type AddRoutesOptions,
  CfnApiMapping,
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  type AnyRoute,
  deskRoutes,
  isDeskPage,
  type ProviderRoute,
  type Route,
  routeKeyOf,
  routes,
} from '../../functions/http/routes.ts';
import type { Settings } from '../configuration/configuration.ts';
import { countDeskRefusals, countRefusals, createAccessLog } from './access-log.ts';
import { acknowledge } from './acknowledge.ts';
import type { Deployment } from './deployment.ts';
import { grant } from './grant.ts';
import type { ServiceFunction } from './service-function.ts';

type Functions = Readonly<Record<Route['function'], ServiceFunction>>;

/** Requests per second of one route, and how many at once above that, as CloudFormation names them: CDK passes them on as they are. */
export type RouteThrottling = { readonly ThrottlingRateLimit: number; readonly ThrottlingBurstLimit: number };

type RouteOptions = Partial<Pick<AddRoutesOptions, 'authorizer' | 'authorizationScopes'>> & {
  readonly throttling?: RouteThrottling;
  /** Why anybody may call it. @default nobody may without authorization */
  readonly publicBecause?: string;
};

const createAuthorizer = ({ jwt }: Settings['authorization']): IHttpRouteAuthorizer =>
  jwt === undefined ? new HttpIamAuthorizer() : new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: jwt.audience });

/** The HTTP API: every route is authorized, all callers together are throttled, and each call is in the access log. */
export class AuthorizedApi extends Construct {
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  /** Without the slash that the stage's own URL ends in: the gateway takes `//instances` for another path. */
  readonly endpoint: string;
  readonly #authorization: Settings['authorization'];
  readonly #functions: Functions;
  readonly #accessLog: ReturnType<typeof createAccessLog>;

  constructor(scope: Construct, id: string, deployment: Deployment, functions: Functions) {
    super(scope, id);
    const { settings } = deployment;
    this.#authorization = settings.authorization;
    this.#functions = functions;
    this.httpApi = new HttpApi(this, 'Api', {
      apiName: settings.name,
      defaultAuthorizer: createAuthorizer(settings.authorization),
      createDefaultStage: false,
      disableExecuteApiEndpoint: settings.disableExecuteApiEndpoint,
    });
    this.#accessLog = createAccessLog(this, 'AccessLog', deployment);
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      autoDeploy: true,
      throttle: settings.throttling,
      accessLogSettings: this.#accessLog.settings,
    });
    for (const route of routes) {
      const authorizationScopes = settings.authorization.jwt?.scopes?.[routeKeyOf(route)];
      this.#addRoute(route, functions[route.function], { ...(authorizationScopes && { authorizationScopes }) });
    }
    this.endpoint = settings.domainName === undefined ? this.httpApi.apiEndpoint : this.#mapDomain(settings.domainName);
  }

  get authorizationType(): 'AWS_IAM' | 'JWT' {
    return this.#authorization.jwt === undefined ? 'AWS_IAM' : 'JWT';
  }

  /**
   * Lets somebody call routes.
   *
   * @param paths of {@link Route.path}, with values in place of parameters where only they are allowed
   * @throws when callers are authorized by JWT: an IAM policy would allow nothing
   */
  grantCall(grantee: IGrantable, ...calls: readonly (readonly [method: Route['method'], path: string])[]): Grant {
    if (this.authorizationType === 'JWT')
      throw new Error(
        'This API is authorized by JWT, so a grant has no effect: let the issuer give the caller a token (with the scopes of the route, if there are any).',
      );
    const routeArns = calls.map(([method, path]) => this.httpApi.arnForExecuteApi(method, path));
    return grant(grantee, ['execute-api:Invoke'], ...routeArns);
  }

  /**
   * Adds routes whose function checks the tokens of identity providers itself, each with a throttling of its own, and counts the
   * requests that are refused there.
   *
   * @param throttling by function
   */
  addProviderRoutes(
    providerRoutes: readonly ProviderRoute[],
    functions: Readonly<Record<ProviderRoute['function'], ServiceFunction | undefined>>,
    throttling: Readonly<Record<ProviderRoute['function'], RouteThrottling>>,
  ): void {
    for (const route of providerRoutes) {
      const service = functions[route.function];
      if (service === undefined) continue;
      this.#addRoute(route, service, {
        throttling: throttling[route.function],
        publicBecause:
          'Identity providers cannot sign with AWS IAM. The function checks the bearer token of the provider before it reads the body.',
      });
    }
    countRefusals(this, this.#accessLog.logGroup, providerRoutes);
  }

  /**
   * Adds the page of the desk, which everybody gets, and its calls, which take a token of the desk's own issuer. They go to the
   * functions of the other routes. What is refused there is counted.
   */
  addDeskRoutes(
    { issuer, clientId, audience = [clientId] }: NonNullable<Settings['desk']>,
    desk: ServiceFunction,
    throttling: RouteThrottling,
  ): void {
    const authorizer = new HttpJwtAuthorizer('Desk', issuer, { jwtAudience: [...audience] });
    const functions = { ...this.#functions, desk };
    for (const route of deskRoutes)
      this.#addRoute(route, functions[route.function], {
        throttling,
        ...(isDeskPage(route) ? { publicBecause: 'The page holds no data: people sign in on it.' } : { authorizer }),
      });
    countDeskRefusals(this, this.#accessLog.logGroup);
  }

  #mapDomain(domainName: string): string {
    const stage = this.stage.stageName;
    const mapping = new CfnApiMapping(this, 'DomainMapping', { domainName, apiId: this.httpApi.apiId, stage });
    mapping.node.addDependency(this.stage);
    return `https://${domainName}`;
  }

  #addRoute(route: AnyRoute, service: ServiceFunction, { throttling, publicBecause, ...options }: RouteOptions): void {
    const added = this.httpApi.addRoutes({
      path: route.path,
      methods: [HttpMethod[route.method]],
      integration: new HttpLambdaIntegration(route.function, service.function),
      ...(publicBecause && { authorizer: new HttpNoneAuthorizer() }),
      ...options,
    });
    if (publicBecause) for (const each of added) acknowledge(each, 'AwsSolutions-APIG4', publicBecause);
    if (throttling === undefined) return;
    const stage = this.stage.node.defaultChild;
    if (CfnStage.isCfnStage(stage)) stage.routeSettings = { ...stage.routeSettings, [routeKeyOf(route)]: throttling };
    // The stage cannot have the settings of a route that does not exist yet.
    this.stage.node.addDependency(...added);
  }
}
