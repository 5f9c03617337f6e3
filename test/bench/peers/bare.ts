import { getJson } from './get-json.ts';

type Event = { readonly pathParameters: { readonly idInstance: string } };

const { GREEN_API_URL, GREEN_API_TOKEN } = process.env;

export const handler = async ({ pathParameters: { idInstance } }: Event) => {
  const answer = await getJson(`${GREEN_API_URL}/waInstance${idInstance}/logout/${GREEN_API_TOKEN}`);
  return { statusCode: 200, body: JSON.stringify(answer) };
};
