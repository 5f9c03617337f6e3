import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import secretsManager from '@middy/secrets-manager';

type Event = { readonly pathParameters: { readonly idInstance: string } };
type Instance = { readonly apiTokenInstance: string };

const parseEvent = (event: unknown) => event as Event;
const parseInstance = (instance: unknown) => instance as Instance;

export const handler = middy()
  .use(httpHeaderNormalizer())
  .use(httpJsonBodyParser({ disableContentTypeError: true }))
  .use(httpErrorHandler())
  .use(secretsManager({ fetchData: { instance: 'green-api/1101000001' }, setToContext: true }))
  .handler(async (event, context) => {
    const { idInstance } = parseEvent(event).pathParameters;
    const { apiTokenInstance } = parseInstance(context.instance);
    const url = `${process.env.GREEN_API_URL}/waInstance${idInstance}/logout/${apiTokenInstance}`;
    const answer = await (await fetch(url)).json();
    return { statusCode: 200, body: JSON.stringify(answer) };
  });
