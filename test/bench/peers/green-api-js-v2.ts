import { GreenApiClient } from '@green-api/whatsapp-api-client-js-v2';
import { readToken } from './read-token.ts';

type Event = { readonly pathParameters: { readonly idInstance: string } };

export const handler = async ({ pathParameters: { idInstance } }: Event) => {
  const apiTokenInstance = await readToken(idInstance);
  const answer = await new GreenApiClient({ idInstance: Number(idInstance), apiTokenInstance }).logout();
  return { statusCode: 200, body: JSON.stringify(answer) };
};
