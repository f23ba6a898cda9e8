#include "sw/report/columns.h"
#include "sw/report/report.h"

namespace accelsim {

namespace {

/// The path in a JSON object of a name whose dots nest.
Json::json_pointer pointer_of(const std::string& name) {
    std::string path = "/" + name;
    for (char& letter : path) {
        if (letter == '.') letter = '/';
    }
    return Json::json_pointer(path);
}

template <typename Record>
Json object_of(const std::vector<Column<Record>>& columns, const Record& record) {
    Json object = Json::object();
    for (const Column<Record>& column : columns) {
        Json value = column.value(record);
        if (!value.is_discarded()) object[pointer_of(column.name)] = std::move(value);
    }
    return object;
}

std::string csv_cell(const Json& value) {
    if (value.is_null() || value.is_discarded()) return "";
    if (!value.is_string()) return value.dump();
    const auto& text = value.get_ref<const std::string&>();
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    return quoted + "\"";
}

}  // namespace

std::string json_report(const RunResult& result) {
    Json report;
    report["schema"] = "accelsim.report/1";
    report["version"] = result.version;
    report["config"] = Json::parse(result.config_json);
    report["fidelity"] = result.fidelity;
    report["seed"] = result.seed;
    report["totals"] = object_of(totals_columns(), result);
    report["layers"] = Json::array();
    for (const LayerResult& layer : result.layers) {
        report["layers"].push_back(object_of(layer_columns(), layer));
    }
    if (result.accuracy) report["accuracy"] = object_of(accuracy_columns(), *result.accuracy);
    report["verification"] = object_of(verification_columns(), result.verification);
    report["host"] = object_of(host_columns(), result);
    // Names come from model files, whose bytes need not be UTF-8.
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string csv_report(const RunResult& result) {
    std::string text;
    const auto append = [&text](const std::string& cell, bool last) {
        text += cell + (last ? "\n" : ",");
    };
    const auto& columns = layer_columns();
    for (const auto& column : columns) append(column.name, &column == &columns.back());
    for (const LayerResult& layer : result.layers) {
        for (const auto& column : columns) {
            append(csv_cell(column.value(layer)), &column == &columns.back());
        }
    }
    return text;
}

}  // namespace accelsim
