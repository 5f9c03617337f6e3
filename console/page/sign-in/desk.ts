import * as v from 'valibot';

const deskSchema = v.object({
  issuer: v.string(),
  clientId: v.string(),
  scopes: v.array(v.string()),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  end_session_endpoint: v.exactOptional(v.string()),
  authorization_response_iss_parameter_supported: v.exactOptional(v.boolean()),
  id_token_signing_alg_values_supported: v.exactOptional(v.array(v.string())),
});

/** What the deployment put into its page. */
export type Desk = v.InferOutput<typeof deskSchema>;

/** Tests load this module without a page. */
type Page = { readonly document?: { getElementById: (id: string) => { readonly textContent: string | null } | null } };

const readDesk = (): Desk | undefined => {
  const text = (globalThis as Page).document?.getElementById('desk')?.textContent ?? 'null';
  const parsed = v.safeParse(deskSchema, JSON.parse(text));
  return parsed.success ? parsed.output : undefined;
};

/** Missing on the page of this machine, whose server knows who calls. */
export const desk = readDesk();
