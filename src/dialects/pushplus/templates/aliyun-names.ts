/** Names of Aliyun's products and of the metrics that most alarms are about, in words. */

/** Namespaces without their `_dashboard`. */
export const PRODUCTS: Readonly<Record<string, string>> = {
  acs_ecs: '云服务器 ECS',
  acs_rds: '云数据库 RDS',
  acs_slb: '负载均衡 SLB',
  acs_alb: '负载均衡 ALB',
  acs_oss: '对象存储 OSS',
  acs_kvstore: '云数据库 Redis',
  acs_mongodb: '云数据库 MongoDB',
  acs_polardb: '云数据库 PolarDB',
  acs_cdn: '内容分发 CDN',
  acs_vpc_eip: '弹性公网 IP',
  acs_elasticsearch: 'Elasticsearch',
  acs_kafka: '消息队列 Kafka',
  acs_fc: '函数计算 FC',
  acs_networkmonitor: '站点监控',
};

const RATE = '%';

/** Metric -> what it measures, and its unit ('' where it depends or has none). */
export const METRICS: Readonly<Record<string, { word: string; unit: string }>> = {
  CPUUtilization: { word: 'CPU 使用率', unit: RATE },
  CpuUsage: { word: 'CPU 使用率', unit: RATE },
  cpu_total: { word: 'CPU 使用率', unit: RATE },
  'Host.cpu.total': { word: 'CPU 使用率', unit: RATE },
  memory_usedutilization: { word: '内存使用率', unit: RATE },
  'Host.mem.usedutilization': { word: '内存使用率', unit: RATE },
  MemoryUsage: { word: '内存使用率', unit: RATE },
  diskusage_utilization: { word: '磁盘使用率', unit: RATE },
  'Host.disk.utilization': { word: '磁盘使用率', unit: RATE },
  DiskUsage: { word: '磁盘使用率', unit: RATE },
  ConnectionUsage: { word: '连接数使用率', unit: RATE },
  IOPSUsage: { word: 'IOPS 使用率', unit: RATE },
  load_1m: { word: '1 分钟负载', unit: '' },
  load_5m: { word: '5 分钟负载', unit: '' },
  load_15m: { word: '15 分钟负载', unit: '' },
  InternetOutRate: { word: '公网流出带宽', unit: '' },
  InternetInRate: { word: '公网流入带宽', unit: '' },
  net_tcpconnection: { word: 'TCP 连接数', unit: '' },
};
