export default { fetch: () => new Response("as it is") };
