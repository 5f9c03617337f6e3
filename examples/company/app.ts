import { App, Stack } from 'aws-cdk-lib';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import { LogoutStage } from './logout-stage.ts';

const region = 'eu-central-1';
const availabilityZones = ['eu-central-1a', 'eu-central-1b'];
const tools = { account: '111122223333', region };
const staging = { account: '222233334444', region };
const production = { account: '333344445555', region };

const app = new App();
const stack = new Stack(app, 'LogoutPipeline', { env: tools });
const pipeline = new CodePipeline(stack, 'Pipeline', {
  pipelineType: PipelineType.V2,
  crossAccountKeys: true,
  synth: new ShellStep('Synth', {
    input: CodePipelineSource.connection('example/logout', 'main', {
      connectionArn: `arn:aws:codeconnections:${region}:${tools.account}:connection/12345678-abcd-12ab-34cd-1234567890ab`,
    }),
    // CodeBuild's image may start with a Node that does not run TypeScript.
    installCommands: ['n 24'],
    commands: ['npm ci', 'npx cdk synth'],
  }),
});

pipeline.addStage(
  new LogoutStage(stack, 'Staging', {
    env: staging,
    vpc: {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones,
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    },
    domainName: 'logout.staging.example.com',
    zone: { hostedZoneId: 'Z0123456789STAGING', zoneName: 'staging.example.com' },
    entraTokenSha256: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
  }),
);

pipeline.addStage(
  new LogoutStage(stack, 'Production', {
    env: production,
    vpc: {
      vpcId: 'vpc-0223456789abcdef0',
      availabilityZones,
      privateSubnetIds: ['subnet-0223456789abcdef0', 'subnet-0223456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0223456789abcdef0', 'rtb-0223456789abcdef1'],
    },
    domainName: 'logout.example.com',
    zone: { hostedZoneId: 'Z0123456789PRODUCT', zoneName: 'example.com' },
    entraTokenSha256: 'b1ab1e892617f210425f658cf1d361b5489028c8771b56d845fe1c62c1fbc8b0',
    evidenceVault: { years: 7, mode: 'COMPLIANCE' },
  }),
  // green-api-logout smoke --stack Staging-Logout --profile staging
  { pre: [new ManualApprovalStep('StagingWorks')] },
);
