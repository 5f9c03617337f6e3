import https from 'node:https';

const agent = new https.Agent({ keepAlive: true });

export const getJson = (url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = https.get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
  });
