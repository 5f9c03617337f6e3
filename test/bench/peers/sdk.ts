import { getJson } from './get-json.ts';
import { readToken } from './read-token.ts';

type Event = { readonly pathParameters: { readonly idInstance: string } };

export const handler = async ({ pathParameters: { idInstance } }: Event) => {
  const token = await readToken(idInstance);
  const answer = await getJson(`${process.env.GREEN_API_URL}/waInstance${idInstance}/logout/${token}`);
  return { statusCode: 200, body: JSON.stringify(answer) };
};
