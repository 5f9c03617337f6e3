/** The account and Region in which tests resolve the names of the template. */
export const account = '111122223333';
export const region = 'eu-central-1';

export const lambdaArn = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;
export const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
export const logArn = (name: string) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`;
/** @param name with the six characters that Secrets Manager adds */
export const secretArn = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
export const routeArn = (route: string) => `arn:aws:execute-api:${region}:${account}:a1b2c3d4e5/$default/${route}`;
export const busArn = `arn:aws:events:${region}:${account}:event-bus/green-api-logout`;
export const bucketArn = 'arn:aws:s3:::vault';
export const identityStoreArn = (id: string) => `arn:aws:identitystore::${account}:identitystore/${id}`;
export const directoryUserArn = (id: string) => `arn:aws:identitystore:::user/${id}`;
