import {
  GraphGradientMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
  SortOrder,
  VisibilityMode,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source is a variable, so that the dashboard can be imported into any Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Shows single jobs as points, which lead to them by their id. */
  readonly exemplar?: boolean;
}

export interface PanelOptions {
  readonly title: string;
  /** Names the metric, and says what a high or low value means. */
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of the grid's 24. */
  readonly width: number;
}

export type Panel = StatBuilder | TimeseriesBuilder | HeatmapBuilder;

const HEIGHT = 8;
const STAT_HEIGHT = 4;
const FIRST_REF_ID = 65; // A

/** One number with its recent course behind it. */
export function stat(options: PanelOptions): StatBuilder {
  const newest = new ReduceDataOptionsBuilder().calcs(['lastNotNull']);
  return withQueries(new StatBuilder(), options).height(STAT_HEIGHT).reduceOptions(newest);
}

/** Lines over time; `stacked` adds them up. */
export function timeseries(
  options: PanelOptions & { readonly stacked?: boolean; readonly max?: number },
): TimeseriesBuilder {
  const panel = withQueries(new TimeseriesBuilder(), options)
    .height(HEIGHT)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(options.stacked === true ? 40 : 8)
    .gradientMode(GraphGradientMode.None)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
  if (options.max !== undefined) panel.max(options.max);
  return options.stacked === true
    ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    : panel;
}

/** The buckets of a histogram over time. */
export function heatmap(options: PanelOptions): HeatmapBuilder {
  const panel = new HeatmapBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .span(options.width)
    .height(HEIGHT)
    .unit(options.unit)
    .calculate(false);
  for (const [index, query] of options.queries.entries()) {
    panel.withTarget(target(query, index).format(PromQueryFormat.Heatmap));
  }
  return panel;
}

function withQueries<Kind extends StatBuilder | TimeseriesBuilder>(panel: Kind, options: PanelOptions): Kind {
  panel
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .span(options.width)
    .unit(options.unit);
  for (const [index, query] of options.queries.entries()) panel.withTarget(target(query, index));
  return panel;
}

function target(query: Query, index: number): DataqueryBuilder {
  const refId = String.fromCodePoint(FIRST_REF_ID + index);
  return new DataqueryBuilder()
    .refId(refId)
    .datasource(DATASOURCE)
    .expr(query.expr)
    .legendFormat(query.legend)
    .exemplar(query.exemplar === true);
}
