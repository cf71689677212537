export default { fetch: () => new Response(process.env.MODE ?? "") };
