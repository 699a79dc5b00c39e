/** `agents` imports `cloudflare:email`, which the runtime has only where mail is set up. */
export class EmailMessage {}
