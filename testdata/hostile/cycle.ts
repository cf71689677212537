const circle: any = {};
circle.buckets = circle;
export default circle;
