# Curves of folds and Hopf points in two parameters.
const ASCII = Dict('γ'=>"gamma",'ω'=>"omega",'λ'=>"lambda",'τ'=>"tau",'β'=>"beta",'α'=>"alpha",'Γ'=>"Gamma",'₀'=>"0",'₁'=>"1",'₂'=>"2")
ascii_name(s) = join(get(ASCII, c, string(c)) for c in String(s))
nested(v) = v isa Number || (v isa AbstractArray && length(v) <= 4 && all(w -> w isa Number, v))
const LENS2 = (@optic _[2])
split_ma(x::BorderedArray) = (collect(x.u), x.p)
split_ma(x) = (collect(x.x isa BorderedArray ? x.x.u : x.x), hasproperty(x, :ω) ? [x.p1, x.ω] : x.p1)
function codim2_record(name, br, names; curve_every = 10)
    pts = Any[]
    for i in eachindex(br.specialpoint)
        sp = br.specialpoint[i]
        sp.type == :endpoint && continue
        u, q = split_ma(sp.x)
        p1 = q isa Number ? q : q[1]
        rec = obj("index" => i, "type" => sp.type, names[1] => p1, names[2] => sp.param, "state" => u, "omega" => q isa Number ? nothing : q[2], "status" => sp.status, "precision" => sp.precision, "interval" => collect(sp.interval))
        try
            nf = get_normal_form(br, i)
            c = nf.nf
            kv = c isa NamedTuple ? pairs(c) : [f => getproperty(c, f) for f in fieldnames(typeof(c))]
            push!(rec, "normal_form" => obj("class" => String(nameof(typeof(nf))), [ascii_name(k) => v for (k, v) in kv if nested(v)]...))
        catch e
            push!(rec, "normal_form" => obj("error" => first(split(sprint(showerror, e), "\n"))))
        end
        if sp.type == :bt
            try
                sol = BK.newton(br, i; options = BK.NewtonPar(tol = 1e-25, max_iterations = 8), start_with_eigen = true, lens2 = LENS2)
                bt = sol.u; pr = bt.params
                res = norm(BK.residual(BK.getprob(br).prob.prob_vf, bt.x0, pr), Inf)
                res < 1e-8 || error("Newton did not converge")
                push!(rec, "refined" => obj("state" => collect(bt.x0), names[1] => pr[1], names[2] => pr[2], "residual" => res))
            catch e
                push!(rec, "refined" => obj("error" => first(split(sprint(showerror, e), "\n"))))
            end
        end
        push!(pts, rec)
    end
    sy = propertynames(br.branch)
    col(s) = Symbol(s) in sy ? getproperty(br, Symbol(s)) : nothing
    p1c = first(c for c in (col("p1"), ) )
    curve = [[p1c[k], br.param[k]] for k in 1:curve_every:length(br)]
    println("   ", name, ": ", length(br), " points ", [(d = Dict(q); (d["type"], round(d[names[1]], digits = 8), round(d[names[2]], digits = 8), d["status"])) for q in pts])
    for q in pts; d = Dict(q); println("      ", d["type"], " ", haskey(d, "refined") ? d["refined"] : "", " ", join(["$k=$v" for (k, v) in d["normal_form"]], " ")); end
    flush(stdout)
    obj("name" => name, "parameters" => collect(names), "points" => length(br), "special_points" => pts, "curve" => curve)
end
