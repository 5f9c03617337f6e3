import { Stack, Stage, type StageProps } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc, type VpcAttributes } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { GreenApiLogout, type GreenApiLogoutProps } from 'green-api-logout';

/** What differs between the environments. */
export interface LogoutStageProps extends StageProps {
  readonly domainName: string;
  readonly zone: { readonly hostedZoneId: string; readonly zoneName: string };
  /** The network of the company, with private subnets behind NAT gateways. */
  readonly vpc: VpcAttributes;
  /** Of the token that Entra ID has, as `green-api-logout token new entra --kind scim` prints it. */
  readonly entraTokenSha256: string;
  readonly evidenceVault?: NonNullable<GreenApiLogoutProps['evidenceVault']>;
}

class LogoutStack extends Stack {
  readonly logout: GreenApiLogout;

  constructor(
    scope: Construct,
    id: string,
    { vpc, zone, domainName, entraTokenSha256, evidenceVault }: LogoutStageProps,
  ) {
    super(scope, id);
    const key = new Key(this, 'Key', { enableKeyRotation: true });
    const alarmTopic = new Topic(this, 'OnCall', { masterKey: key });
    key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey*');
    const logouts = new Topic(this, 'Logouts', { displayName: 'Logouts', masterKey: key });
    logouts.addSubscription(new EmailSubscription('security@example.com'));

    this.logout = new GreenApiLogout(this, 'Logout', {
      alarmTopic,
      notifications: { topic: logouts },
      dataEncryptionKey: key,
      // GREEN-API sees the addresses of its NAT gateways.
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', vpc),
      domainName: this.#createDomain(domainName, zone).name,
      disableExecuteApiEndpoint: true,
      authorization: {
        jwt: {
          issuer: 'https://login.microsoftonline.com/66666666-7777-8888-9999-000000000000/v2.0',
          audience: ['api://green-api-logout'],
          allow: {
            read: { claim: 'roles', anyOf: ['whatsapp-read', 'whatsapp-logout'] },
            logout: { claim: 'roles', anyOf: ['whatsapp-logout'] },
          },
        },
      },
      identityProviders: { entra: { kind: 'scim', tokenSha256: [entraTokenSha256], quietAfterHours: 6 } },
      ...(evidenceVault && { evidenceVault }),
    });
    this.logout.addOutputs();
  }

  #createDomain(domainName: string, attributes: LogoutStageProps['zone']): DomainName {
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', attributes);
    const validation = CertificateValidation.fromDns(zone);
    const certificate = new Certificate(this, 'Certificate', { domainName, validation });
    const domain = new DomainName(this, 'Domain', { domainName, certificate });
    const { regionalDomainName, regionalHostedZoneId } = domain;
    const target = RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId));
    new ARecord(this, 'Address', { zone, recordName: domainName, target });
    return domain;
  }
}

/** One environment: the unit that the pipeline deploys. */
export class LogoutStage extends Stage {
  constructor(scope: Construct, id: string, props: LogoutStageProps) {
    super(scope, id, props);
    new LogoutStack(this, 'Logout', props);
  }
}
