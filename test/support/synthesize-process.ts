/** Synthesizes the configurations that it reads as JSON, each into a folder of its own: `node synthesize-process.ts <folder>`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { GreenApiLogout } from '../../infra/constructs/green-api-logout.ts';
import { GreenApiLogoutStack } from '../../infra/constructs/green-api-logout-stack.ts';
import { propsOf } from '../../infra/constructs/settings.ts';
import type { StackRequest, Synthesized } from './synthesize.ts';

const examples = ['smallest', 'company'];

// cdk-nag reads properties that CDK would have nobody read.
process.env.JSII_DEPRECATED = 'quiet';

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));

const createStack = (app: App, { constructsNamed, ...configuration }: StackRequest): Stack => {
  if (constructsNamed === undefined)
    return new GreenApiLogoutStack(app, 'GreenApiLogout', propsOf(parseConfiguration(configuration)));
  const stack = new Stack(app, 'Company');
  for (const stackName of constructsNamed)
    new GreenApiLogout(stack, stackName, propsOf(parseConfiguration({ ...configuration, stackName })));
  return stack;
};

type PluginReport = { readonly pluginName: string; readonly violations: readonly object[] };

/** What CDK's own rules about templates find, which only errors would end. Annotations stand in it too. */
const violationsIn = (outdir: string): readonly object[] => {
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  return pluginReports.flatMap(({ pluginName, violations }: PluginReport) =>
    pluginName === 'Construct Annotations' ? [] : violations,
  );
};

const synthesize = (request: StackRequest, outdir: string): Omit<Synthesized, 'folder'> => {
  const app = new App({
    outdir,
    context: { ...context, 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-creation-stack-traces': true },
    treeMetadata: false,
  });
  const stack = createStack(app, request);
  const noTopic = { id: 'Annotation::green-api-logout:no-alarm-topic', reason: 'It is tested by itself.' };
  for (const construct of stack.node.children) Validations.of(construct).acknowledge(noTopic);
  const { template, messages } = app.synth().getStackArtifact(stack.artifactId);
  return {
    template,
    violations: [...new AwsSolutionsChecks(app).validateScope(app).violations, ...violationsIn(outdir)],
    nistViolations: new NIST80053R5Checks(app).validateScope(app).violations.map(({ ruleName }) => ruleName),
    annotations: messages.map(({ level, entry }) => `${level}: ${entry.data}`),
  };
};

/** Runs the sample apps, which write their assemblies when this process ends, as under the CDK command line. */
const runExamples = async (folder: string): Promise<void> => {
  const own = pathToFileURL(join(import.meta.dirname, '../../infra/index.ts')).href;
  registerHooks({
    resolve: (name, context, next) => next(name === 'green-api-logout' ? own : name, context),
  });
  // The same templates are under CDK's rules above.
  process.env.CDK_VALIDATION = 'false';
  for (const example of examples) {
    process.env.CDK_OUTDIR = join(folder, 'examples', example);
    await import(`../../examples/${example}/app.ts`);
  }
};

const sizeOf = (configuration: StackRequest): number => JSON.stringify(configuration).length;

const [, , folder = ''] = process.argv;
const configurations = (await json(process.stdin)) as readonly StackRequest[];
// CDK's rules are compiled for the types of resources that a template has, and again if a later one has more.
const largestFirst = [...configurations.entries()].sort(([, one], [, other]) => sizeOf(other) - sizeOf(one));
for (const [index, configuration] of largestFirst) {
  const outdir = join(folder, String(index));
  const synthesized = synthesize(configuration, outdir);
  writeFileSync(join(outdir, 'synthesized.json'), JSON.stringify(synthesized));
}
if (configurations.length > 1) await runExamples(folder);
