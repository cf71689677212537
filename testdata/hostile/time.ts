const start = Date.now();
for (let i = 0; i < 1e6; i++);
export default { buckets: { ["t" + (Date.now() - start) + "p" + Math.round(performance.now())]: {} } };
