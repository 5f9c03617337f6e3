import { Agent } from 'node:https';
import axios from 'axios';
import { readToken } from './read-token.ts';

type Event = { readonly pathParameters: { readonly idInstance: string } };

const client = axios.create({ httpsAgent: new Agent({ keepAlive: true }) });

export const handler = async ({ pathParameters: { idInstance } }: Event) => {
  const token = await readToken(idInstance);
  const { data } = await client.get(`${process.env.GREEN_API_URL}/waInstance${idInstance}/logout/${token}`);
  return { statusCode: 200, body: JSON.stringify(data) };
};
