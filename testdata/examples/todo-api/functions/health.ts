export default {
  fetch: (): Response => Response.json({ ok: true }),
};
